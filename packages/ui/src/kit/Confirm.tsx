import { useRef } from "react";
import { t } from "../i18n/i18n.ts";
import { Button } from "./Button.tsx";
import { Dialog } from "./Dialog.tsx";
import { Notice } from "./Notice.tsx";

export type ConfirmProps = {
  open: boolean;
  title: string;
  text: string;
  /** A warning that must not be missed. */
  warning?: string;
  /** What the button that does it says. */
  action: string;
  danger?: boolean;
  busy?: boolean;
  /** Why the last try failed. */
  error?: string;
  onConfirm: () => void;
  onClose: () => void;
};

/** Asks before something that cannot be undone. The focus starts on Cancel. */
export function Confirm(props: ConfirmProps) {
  const cancel = useRef<HTMLButtonElement>(null);
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title={props.title}
      size="s"
      initialFocus={cancel}
      foot={
        <>
          <Button ref={cancel} onClick={props.onClose}>
            {t("common.cancel")}
          </Button>
          <Button
            kind={props.danger ? "danger" : "primary"}
            busy={props.busy ?? false}
            onClick={props.onConfirm}
          >
            {props.action}
          </Button>
        </>
      }
    >
      <div className="dialog-body">
        <p className="dialog-text">{props.text}</p>
        {props.warning !== undefined && <Notice text={props.warning} />}
        {props.error !== undefined && <Notice text={props.error} />}
      </div>
    </Dialog>
  );
}
