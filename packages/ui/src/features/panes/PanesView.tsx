import "./panes.css";
import { Fragment, type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from "react";
import { t } from "../../i18n/i18n.ts";
import type { Pane } from "../../state/panes.ts";

export type PanesViewProps = {
  /** The panes in view, left to right. */
  panes: readonly Pane[];
  focusedPaneId: string | null;
  titleOf: (pane: Pane) => string;
  draw: (pane: Pane) => ReactNode;
  onFocus: (paneId: string) => void;
  /** Moves the border right of a pane by a share of the whole width. */
  onResize: (paneId: string, byShare: number) => void;
  onEven: (paneId: string) => void;
};

/** Share of the width that one arrow key moves a border. */
const KEY_SHARE = 0.02;

/** Conversations side by side, with borders that pointer and keys can move. */
export function PanesView(props: PanesViewProps) {
  const { panes, focusedPaneId, titleOf, draw, onFocus } = props;
  const frame = useRef<HTMLDivElement>(null);
  const total = panes.reduce((sum, pane) => sum + pane.weight, 0);
  return (
    <div className="panes" ref={frame}>
      {panes.map((pane, index) => (
        <Fragment key={pane.paneId}>
          <div
            className="pane"
            style={{ flexGrow: (pane.weight / total) * 100 }}
            data-pane={pane.paneId}
            data-focused={pane.paneId === focusedPaneId || undefined}
            onFocusCapture={() => onFocus(pane.paneId)}
            onPointerDownCapture={() => onFocus(pane.paneId)}
          >
            {draw(pane)}
          </div>
          {index < panes.length - 1 && (
            <Separator
              label={t("pane.resize", { title: titleOf(pane) })}
              share={pane.weight / total}
              widthPx={() => frame.current?.clientWidth ?? 1}
              onMove={(byShare) => props.onResize(pane.paneId, byShare)}
              onEven={() => props.onEven(pane.paneId)}
            />
          )}
        </Fragment>
      ))}
    </div>
  );
}

type SeparatorProps = {
  label: string;
  share: number;
  widthPx: () => number;
  onMove: (byShare: number) => void;
  onEven: () => void;
};

function Separator({ label, share, widthPx, onMove, onEven }: SeparatorProps) {
  const lastX = useRef<number | null>(null);

  function onPointerMove(event: PointerEvent): void {
    if (lastX.current === null) return;
    const byPx = event.clientX - lastX.current;
    lastX.current = event.clientX;
    onMove((byPx * directionOf(event.currentTarget)) / widthPx());
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowLeft: -KEY_SHARE, ArrowRight: KEY_SHARE }[event.key];
    if (step !== undefined) onMove(step * directionOf(event.currentTarget));
    else if (event.key === "Enter") onEven();
    else return;
    event.preventDefault();
  }

  return (
    <div
      className="pane-border"
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onDoubleClick={onEven}
      onPointerDown={(event) => {
        lastX.current = event.clientX;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        lastX.current = null;
      }}
      onPointerCancel={() => {
        lastX.current = null;
      }}
    />
  );
}

/** Right is more in left-to-right writing, less in right-to-left. */
function directionOf(element: Element): 1 | -1 {
  return getComputedStyle(element).direction === "rtl" ? -1 : 1;
}
