import { Component, type ReactNode } from "react";
import { t } from "../i18n/i18n.ts";
import { Notice } from "../kit/Notice.tsx";

type State = { failed: boolean };

/** Catches what no screen expected, and says what to do. React logs the error itself. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { failed: false };

  static getDerivedStateFromError(): State {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <main className="boot">
        <Notice
          title={t("app.crashed")}
          text={t("app.crashedHint")}
          action={{ label: t("app.reload"), onAction: () => window.location.reload() }}
        />
      </main>
    );
  }
}
