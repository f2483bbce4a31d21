import { Popover } from "@base-ui/react/popover";
import { Paperclip } from "lucide-react";
import { t } from "../../i18n/i18n.ts";
import "../../kit/popups.css";

/** Says plainly that files can't be sent yet, and what can be done instead. */
export function AttachButton() {
  return (
    <Popover.Root>
      <Popover.Trigger className="icon-btn" aria-label={t("composer.attach")}>
        <Paperclip size={20} aria-hidden="true" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className="popup-layer" side="top" align="start" sideOffset={10}>
          <Popover.Popup className="popover">
            <Popover.Title className="popover-title">{t("composer.attachTitle")}</Popover.Title>
            <Popover.Description>{t("composer.attachHint")}</Popover.Description>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
