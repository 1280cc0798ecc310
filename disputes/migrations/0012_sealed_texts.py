"""Texts that may name persons lie sealed. Those of before are sealed, too: needs the SECRET_KEY of the web server."""

from django.db import migrations, models

import foundation.database.sealed
import foundation.tenancy.kept
from foundation.database.sealed import SealedTextField, seal_columns

FIELD = SealedTextField(purpose="disputes.people")
COLUMNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("disputes_agreement", ("place", "mediators", "witnesses", "facts", "terms")),
    ("disputes_agreementsignature", ("name",)),
    ("disputes_followup", ("said",)),
    ("disputes_payment", ("remark",)),
    ("disputes_mediationsession", ("minutes", "late_reason")),
    ("disputes_offer", ("words",)),
    ("disputes_teammember", ("answer_reason", "conflict_by", "conflict_reason", "left_reason")),
    ("disputes_way", ("reason",)),
    ("disputes_waystep", ("said",)),
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0022_police_numbers"),
        ("disputes", "0011_agreements"),
        ("enterprises", "0022_liaison_kept"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="agreement", name="agreement_kept"),
        migrations.RemoveConstraint(model_name="followup", name="followup_kept"),
        migrations.RemoveConstraint(model_name="payment", name="payment_kept"),
        migrations.RemoveConstraint(model_name="mediationsession", name="disputesession_kept"),
        migrations.RemoveConstraint(model_name="teammember", name="disputeteam_kept"),
        migrations.RemoveConstraint(model_name="way", name="disputeway_kept"),
        migrations.RemoveConstraint(model_name="waystep", name="disputewaystep_kept"),
        migrations.RemoveConstraint(
            model_name="breach",
            name="breach_once",
        ),
        migrations.AddField(
            model_name="breach",
            name="undone_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="breach",
            name="undone_by",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AddField(
            model_name="breach",
            name="undone_reason",
            field=models.TextField(blank=True, db_default="", default="", max_length=2000),
        ),
        migrations.AlterField(
            model_name="agreement",
            name="facts",
            field=foundation.database.sealed.SealedTextField(
                max_length=4000, purpose="disputes.people", verbose_name="main facts"
            ),
        ),
        migrations.AlterField(
            model_name="agreement",
            name="mediators",
            field=foundation.database.sealed.SealedTextField(
                blank=True, max_length=400, purpose="disputes.people", verbose_name="other mediators"
            ),
        ),
        migrations.AlterField(
            model_name="agreement",
            name="place",
            field=foundation.database.sealed.SealedTextField(
                blank=True, max_length=120, purpose="disputes.people", verbose_name="place"
            ),
        ),
        migrations.AlterField(
            model_name="agreement",
            name="terms",
            field=foundation.database.sealed.SealedTextField(
                max_length=6000, purpose="disputes.people", verbose_name="what was agreed"
            ),
        ),
        migrations.AlterField(
            model_name="agreement",
            name="witnesses",
            field=foundation.database.sealed.SealedTextField(
                blank=True, max_length=400, purpose="disputes.people", verbose_name="witnesses"
            ),
        ),
        migrations.AlterField(
            model_name="agreementsignature",
            name="name",
            field=foundation.database.sealed.SealedTextField(
                max_length=80, purpose="disputes.people", verbose_name="name"
            ),
        ),
        migrations.AlterField(
            model_name="followup",
            name="said",
            field=foundation.database.sealed.SealedTextField(
                blank=True, max_length=2000, purpose="disputes.people", verbose_name="what was said"
            ),
        ),
        migrations.AlterField(
            model_name="mediationsession",
            name="late_reason",
            field=foundation.database.sealed.SealedTextField(
                blank=True, max_length=500, purpose="disputes.people", verbose_name="why it was late"
            ),
        ),
        migrations.AlterField(
            model_name="mediationsession",
            name="minutes",
            field=foundation.database.sealed.SealedTextField(
                max_length=20000, purpose="disputes.people", verbose_name="minutes"
            ),
        ),
        migrations.AlterField(
            model_name="offer",
            name="words",
            field=foundation.database.sealed.SealedTextField(
                blank=True, max_length=500, purpose="disputes.people", verbose_name="in words"
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="remark",
            field=foundation.database.sealed.SealedTextField(
                blank=True, max_length=200, purpose="disputes.people", verbose_name="remark"
            ),
        ),
        migrations.AlterField(
            model_name="teammember",
            name="answer_reason",
            field=foundation.database.sealed.SealedTextField(
                blank=True, editable=False, max_length=500, purpose="disputes.people"
            ),
        ),
        migrations.AlterField(
            model_name="teammember",
            name="conflict_by",
            field=foundation.database.sealed.SealedTextField(
                blank=True, editable=False, max_length=80, purpose="disputes.people"
            ),
        ),
        migrations.AlterField(
            model_name="teammember",
            name="conflict_reason",
            field=foundation.database.sealed.SealedTextField(
                blank=True, editable=False, max_length=500, purpose="disputes.people"
            ),
        ),
        migrations.AlterField(
            model_name="teammember",
            name="left_reason",
            field=foundation.database.sealed.SealedTextField(
                blank=True, editable=False, max_length=500, purpose="disputes.people"
            ),
        ),
        migrations.AlterField(
            model_name="way",
            name="reason",
            field=foundation.database.sealed.SealedTextField(
                blank=True, max_length=2000, purpose="disputes.people", verbose_name="why this way"
            ),
        ),
        migrations.AlterField(
            model_name="way",
            name="running",
            field=models.CharField(
                blank=True,
                choices=[
                    ("first", "First mediation"),
                    ("second", "Second mediation, if one is needed"),
                    ("case", "Decision on the case"),
                    ("suspended", "The time for the case stands still"),
                    ("receipt", "Receipt of the transfer"),
                ],
                editable=False,
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="waystep",
            name="cause",
            field=models.CharField(
                blank=True,
                choices=[
                    ("none", "No agreement was reached"),
                    ("unperformed", "The agreement was not performed"),
                    ("excluded", "One of the exclusions of Art. 179 came up"),
                    ("changed", "Another way was chosen"),
                    ("appraisal", "An appraisal is made"),
                    ("hearing", "A hearing is held"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="waystep",
            name="kind",
            field=models.CharField(
                choices=[
                    ("appraised", "Appraisal result arrived"),
                    ("failed", "Mediation failed"),
                    ("extended", "Time for the case extended"),
                    ("suspended", "Time for the case stands still"),
                    ("resumed", "Time for the case runs again"),
                    ("decided", "Case decided"),
                    ("refused", "A party refused"),
                    ("received", "Receipt of the transfer"),
                    ("result", "Result of the other body"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="waystep",
            name="said",
            field=foundation.database.sealed.SealedTextField(
                blank=True, max_length=2000, purpose="disputes.people"
            ),
        ),
        migrations.AddConstraint(
            model_name="breach",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at", None)), fields=("agreement", "number"), name="breach_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="breach",
            constraint=foundation.tenancy.kept.Kept(
                columns=("enterprise_id", "dispute_id", "number", "due_on", "on", "fen", "made_at"),
                ended=(),
                falling=(),
                name="breach_kept",
                once=(("undone_at", "undone_by", "undone_reason"),),
            ),
        ),
        seal_columns(FIELD, COLUMNS),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=foundation.tenancy.kept.Kept(
                columns=(
                    "enterprise_id",
                    "dispute_id",
                    "kind",
                    "concluded_on",
                    "place",
                    "presided_by",
                    "presided_number",
                    "organisation",
                    "mediators",
                    "witnesses",
                    "facts",
                    "terms",
                    "debtor",
                    "creditor",
                    "copies",
                    "signers",
                    "replaces_id",
                    "recorded_by",
                    "recorded_by_id",
                    "recorded_at",
                    "form_key",
                ),
                once=(("effective_on", "confirm_by"), ("ended_at", "ended_as", "end_reason", "ended_by")),
                name="agreement_kept",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=foundation.tenancy.kept.Kept(
                columns=(
                    "dispute_id",
                    "enterprise_id",
                    "planned_on",
                    "way",
                    "question",
                    "planned_by",
                    "planned_by_id",
                    "recorded_at",
                    "key",
                ),
                once=(
                    (
                        "done_on",
                        "reached",
                        "satisfied",
                        "relapse",
                        "said",
                        "done_by",
                        "done_by_id",
                        "done_at",
                    ),
                    ("judged_on", "judged_by", "reopened"),
                    ("dropped_on", "drop_reason", "dropped_by"),
                    ("voided_at", "void_reason"),
                ),
                name="followup_kept",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=foundation.tenancy.kept.Kept(
                columns=(
                    "enterprise_id",
                    "dispute_id",
                    "paid_on",
                    "fen",
                    "number",
                    "way",
                    "proof_id",
                    "remark",
                    "replaces_id",
                    "recorded_by",
                    "recorded_by_id",
                    "recorded_at",
                    "form_key",
                ),
                once=(("taken_back_at", "taken_back_by", "taken_back_reason"),),
                name="payment_kept",
            ),
        ),
        migrations.AddConstraint(
            model_name="mediationsession",
            constraint=foundation.tenancy.kept.Kept(
                columns=(
                    "enterprise_id",
                    "dispute_id",
                    "key",
                    "by",
                    "by_id",
                    "at",
                    "on",
                    "begins_at",
                    "ends_at",
                    "manner",
                    "place",
                    "officer_id",
                    "officer_name",
                    "officer_number",
                    "second_id",
                    "second_name",
                    "second_number",
                    "led_by",
                    "present",
                    "applicants",
                    "respondents",
                    "others",
                    "minutes",
                    "next_step",
                    "next_on",
                    "camera",
                    "is_standard",
                    "is_recorded",
                    "late_reason",
                    "appointment_id",
                    "replaces_id",
                ),
                once=(("voided_at", "voided_by", "void_reason"),),
                name="disputesession_kept",
            ),
        ),
        migrations.AddConstraint(
            model_name="teammember",
            constraint=foundation.tenancy.kept.Kept(
                columns=(
                    "enterprise_id",
                    "dispute_id",
                    "key",
                    "by",
                    "by_id",
                    "at",
                    "role",
                    "name",
                    "organisation",
                    "telephone",
                    "invited_on",
                ),
                once=(
                    ("answered_on", "accepted", "answer_reason"),
                    ("conflict_on", "conflict_by", "conflict_reason"),
                    ("left_on", "left_reason"),
                    ("voided_at", "voided_by", "void_reason"),
                ),
                name="disputeteam_kept",
            ),
        ),
        migrations.AddConstraint(
            model_name="way",
            constraint=foundation.tenancy.kept.Kept(
                columns=(
                    "enterprise_id",
                    "dispute_id",
                    "key",
                    "by",
                    "by_id",
                    "at",
                    "kind",
                    "from_on",
                    "reason",
                    "body",
                    "recipient",
                    "oral",
                    "offence",
                    "ground",
                    "minors",
                    "agent",
                    "accepted_on",
                    "needs_appraisal",
                    "on_the_spot",
                ),
                once=(("voided_at", "voided_by", "void_reason"),),
                name="disputeway_kept",
            ),
        ),
        migrations.AddConstraint(
            model_name="waystep",
            constraint=foundation.tenancy.kept.Kept(
                columns=(
                    "enterprise_id",
                    "dispute_id",
                    "key",
                    "by",
                    "by_id",
                    "at",
                    "way_id",
                    "kind",
                    "on",
                    "cause",
                    "said",
                ),
                once=(("voided_at", "voided_by", "void_reason"),),
                name="disputewaystep_kept",
            ),
        ),
    ]
