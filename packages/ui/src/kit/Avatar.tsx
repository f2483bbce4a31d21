import "./avatar.css";
import { hueOf, initialsOf } from "./hue.ts";

export type AvatarProps = {
  /** Decides the colour. */
  id: string;
  name: string;
  size: "s" | "m" | "l" | "xl";
  /** Draws the dot; the words for it stand next to the avatar. */
  online?: boolean;
};

/** A round picture of initials. Decoration: the name stands next to it in words. */
export function Avatar({ id, name, size, online = false }: AvatarProps) {
  return (
    <span
      className={`avatar avatar-${size} hue-${hueOf(id)}`}
      data-initials={initialsOf(name)}
      aria-hidden="true"
    >
      {online && <span className="avatar-online" />}
    </span>
  );
}
