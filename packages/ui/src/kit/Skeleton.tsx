import { createContext, useContext, useEffect, useState } from "react";
import { LATE_MS } from "../state/waiting.ts";
import "./feedback.css";

const LINES = [
  ["52%", "80%"],
  ["40%", "66%"],
  ["60%", "74%"],
  ["46%", "58%"],
  ["56%", "70%"],
  ["38%", "82%"],
] as const;

/** S11: says what everything that is being loaded waits for, in words. Given by the app. */
export const LateReason = createContext<() => string>(() => "");

/** S11: nothing is loading for longer than the bound without its reason. */
function Late() {
  const reasonOf = useContext(LateReason);
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), LATE_MS);
    return () => clearTimeout(timer);
  }, []);
  const reason = late ? reasonOf() : "";
  return (
    <p className="skeleton-late" role="status">
      {reason}
    </p>
  );
}

/** Rows of people or chats that are being loaded. `label` is read aloud. */
export function SkeletonRows({ count, label }: { count: number; label: string }) {
  return (
    <div className="skeleton-rows">
      <Late />
      <div role="img" aria-label={label}>
        {Array.from({ length: count }, (_, index) => {
          const [first, second] = LINES[index % LINES.length] ?? LINES[0];
          return (
            <div className="skeleton-row" key={index}>
              <span className="skeleton-dot" />
              <span>
                <span className="skeleton-line" style={{ width: first }} />
                <span className="skeleton-line" style={{ width: second }} />
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

const BUBBLES = [
  { own: false, width: "46%" },
  { own: false, width: "34%" },
  { own: true, width: "40%" },
  { own: false, width: "58%" },
  { own: true, width: "28%" },
  { own: true, width: "50%" },
] as const;

/** Messages that are being loaded. */
export function SkeletonBubbles({ count, label }: { count: number; label: string }) {
  return (
    <div className="skeleton-bubbles">
      <Late />
      <div className="skeleton-stack" role="img" aria-label={label}>
        {Array.from({ length: count }, (_, index) => {
          const bubble = BUBBLES[index % BUBBLES.length] ?? BUBBLES[0];
          return (
            <span
              className={bubble.own ? "skeleton-bubble is-own" : "skeleton-bubble"}
              style={{ width: bubble.width }}
              key={index}
            />
          );
        })}
      </div>
    </div>
  );
}
