import "./feedback.css";

const LINES = [
  ["52%", "80%"],
  ["40%", "66%"],
  ["60%", "74%"],
  ["46%", "58%"],
  ["56%", "70%"],
  ["38%", "82%"],
] as const;

/** Rows of people or chats that are being loaded. `label` is read aloud. */
export function SkeletonRows({ count, label }: { count: number; label: string }) {
  return (
    <div className="skeleton-rows" role="img" aria-label={label}>
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
    <div className="skeleton-bubbles" role="img" aria-label={label}>
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
  );
}
