"""Who is in a class: every question about enrolments begins here, so that nobody counts who has left."""

from typing import Any

from tortoise.queryset import QuerySet

from hocba.store.models import EnrolmentRow


def there(**which: Any) -> QuerySet[EnrolmentRow]:
    """The enrolments of pupils who have not left."""
    return EnrolmentRow.filter(left_on__isnull=True, **which)
