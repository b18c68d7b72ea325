"""All small forms there are, by name."""

from bot.staff import (
    lead_correcting,
    lead_dates,
    lead_handing,
    lead_help,
    managers,
    settings_form,
    update_form,
)
from bot.staff.small_forms import SmallForm

SMALL_FORMS: dict[str, SmallForm] = {
    **update_form.FORMS,
    **managers.FORMS,
    **lead_handing.FORMS,
    **lead_dates.FORMS,
    **lead_help.FORMS,
    **lead_correcting.FORMS,
    **settings_form.FORMS,
}
