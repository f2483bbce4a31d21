import "./field.css";
import { Search } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";

export type SearchFieldProps = Omit<ComponentProps<"input">, "type" | "aria-label"> & {
  label: string;
  after?: ReactNode;
};

/** A search box (role searchbox). */
export function SearchField({ label, after, className, ...input }: SearchFieldProps) {
  return (
    <div className={["search-box", className].filter(Boolean).join(" ")}>
      <Search size={17} aria-hidden="true" />
      <input type="search" autoComplete="off" spellCheck={false} {...input} aria-label={label} />
      {after}
    </div>
  );
}
