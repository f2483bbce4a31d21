import { Tooltip } from "@base-ui/react/tooltip";
import type { ComponentProps, ReactNode } from "react";
import { landmark } from "./landmark.ts";
import "./button.css";
import "./popups.css";

export type IconButtonProps = Omit<ComponentProps<"button">, "type" | "aria-label"> & {
  /** Accessible name, and the tooltip. */
  label: string;
  /** Keys that do the same, shown in the tooltip. */
  keys?: string;
  children: ReactNode;
};

/** A square button that shows an icon and names itself on hover and focus. */
export function IconButton({ label, keys, className, children, ...rest }: IconButtonProps) {
  return (
    <Tooltip.Root
      onOpenChange={(_open, details) => {
        // Escape is meant for what the button stands in; the tooltip goes along.
        if (details.reason === "escape-key") details.allowPropagation();
      }}
    >
      <Tooltip.Trigger
        {...rest}
        render={<button type="button" />}
        aria-label={label}
        className={["icon-btn", className].filter(Boolean).join(" ")}
      >
        {children}
      </Tooltip.Trigger>
      <Tooltip.Portal container={landmark()}>
        <Tooltip.Positioner sideOffset={6} className="popup-layer">
          <Tooltip.Popup className="tooltip">
            {label}
            {keys !== undefined && <kbd className="kbd">{keys}</kbd>}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
