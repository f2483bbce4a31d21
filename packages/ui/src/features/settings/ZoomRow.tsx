import { Minus, Plus } from "lucide-react";
import { t } from "../../i18n/i18n.ts";
import { Button } from "../../kit/Button.tsx";
import { IconButton } from "../../kit/IconButton.tsx";
import { SettingRow } from "./SettingRow.tsx";
import { zoomStep } from "./zoom-rules.ts";

export type ZoomRowProps = { percent: number; onChange: (percent: number) => void };

/** How large everything in this window is. */
export function ZoomRow({ percent, onChange }: ZoomRowProps) {
  return (
    <SettingRow id="zoom">
      {percent !== 100 && (
        <Button
          kind="link"
          onClick={(event) => {
            // This button goes at the actual size; the focus stays in the row.
            event.currentTarget.nextElementSibling?.querySelector("button")?.focus();
            onChange(100);
          }}
        >
          {t("settings.zoomReset")}
        </Button>
      )}
      <div className="setting-zoom">
        <IconButton label={t("settings.zoomOut")} onClick={() => onChange(zoomStep(percent, -1))}>
          <Minus size={18} />
        </IconButton>
        <output className="setting-value">{t("settings.textSizeValue", { percent })}</output>
        <IconButton label={t("settings.zoomIn")} onClick={() => onChange(zoomStep(percent, 1))}>
          <Plus size={18} />
        </IconButton>
      </div>
    </SettingRow>
  );
}
