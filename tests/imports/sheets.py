"""Taking a sheet over as a person does, by the pages; the worker's part is done at once."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from foundation.tenancy.scope import station_scope
from imports.models import Upload, UploadRow
from imports.operations import taking_over
from tests.accounts.conftest import House


class Person:
    """One of the house, who takes sheets over."""

    def __init__(self, house: House, name: str) -> None:
        self.house, self.name, self.actor = house, name, house.actor(name)
        self.client = Client()
        self.client.force_login(
            house.people[name], backend="allauth.account.auth_backends.AuthenticationBackend"
        )

    def upload(self, content: str | bytes, kind: str = "enterprise", name: str = "list.csv") -> Upload:
        """Upload a file and let it be read."""
        data = content if isinstance(content, bytes) else content.encode()
        page = reverse("imports:sheets")
        form = self.client.get(page).context["form"]
        answer = self.client.post(
            page,
            {
                "kind": kind,
                "file": SimpleUploadedFile(name, data),
                **{each: form[each].initial for each in ("form_key", "acting") if each in form.fields},
            },
        )
        assert answer.status_code == 302, answer.context["form"].errors
        return self.work(int(answer["Location"].rstrip("/").rpartition("/")[2]))

    def work(self, pk: int) -> Upload:
        """Do what the worker would."""
        taking_over.go_on(bureau_id=self.actor.bureau_id, upload_id=pk)
        with station_scope(self.actor.scope()):
            return Upload.objects.get(pk=pk)

    def press(self, name: str, sheet: Upload, **posted: Any) -> Upload:
        """Press a button of the sheet's page and let the worker do its part."""
        answer = self.client.post(
            reverse(f"imports:sheet_{name}", args=[sheet.pk]), {"acting": self.actor.grant_id, **posted}
        )
        assert answer.status_code == 302, answer.content.decode()[:2000]
        return self.work(sheet.pk)

    def confirm(self, sheet: Upload, **columns: str) -> Upload:
        """Confirm the columns as proposed, but for those named; let the rows be checked."""
        by_name = {each["name"]: each["position"] for each in sheet.columns}
        posted = {f"becomes-{each['position']}": "+".join(each["becomes"]) for each in sheet.columns}
        posted |= {f"becomes-{by_name[name]}": value for name, value in columns.items()}
        for each in sheet.columns:
            for place, value in enumerate(each["mapping"].values()):
                posted[f"value-{each['position']}-{place}"] = value
        return self.press("columns", sheet, **posted)

    def rows(self, sheet: Upload) -> dict[int, UploadRow]:
        with station_scope(self.actor.scope()):
            return {row.number: row for row in sheet.rows.all()}

    def page(self, sheet: Upload, query: str = "") -> Any:
        answer = self.client.get(reverse("imports:sheet", args=[sheet.pk]) + query)
        assert answer.status_code == 200
        return answer
