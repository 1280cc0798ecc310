"""URLs of people, organisations, a person's own account and the audit log."""

from django.urls import path, re_path

from foundation.people.views import colleagues, downloads, inbox, keys, log, organisations, own, people

app_name = "accounts"

urlpatterns = [
    path("", people.UserList.as_view(), name="users"),
    path("new/", people.UserCreate.as_view(), name="user_create"),
    path("left/", people.Left.as_view(), name="left"),
    path("role-fields/", people.RoleFields.as_view(), name="role_fields"),
    path("<int:pk>/", people.UserRecord.as_view(), name="user"),
    path("<int:pk>/edit/", people.UserEdit.as_view(), name="user_edit"),
    path("<int:pk>/roles/new/", people.RoleGive.as_view(), name="user_role_grant"),
    path("<int:pk>/roles/<int:grant_id>/revoke/", people.RoleRevoke.as_view(), name="user_role_revoke"),
    path("<int:pk>/hand-over/", people.HandOver.as_view(), name="user_hand_over"),
    path("<int:pk>/invite/", people.UserInvite.as_view(), name="user_invite"),
    path("<int:pk>/reset/", people.UserReset.as_view(), name="user_reset"),
    path("<int:pk>/dismiss-request/", people.RequestDismiss.as_view(), name="user_dismiss_request"),
    path("<int:pk>/enable/", people.UserEnable.as_view(), name="user_enable"),
    path("<int:pk>/disable/", people.UserDisable.as_view(), name="user_disable"),
    path(
        "<int:pk>/remove-second-factor/",
        people.SecondFactorRemove.as_view(),
        name="user_remove_second_factor",
    ),
    path("log/pick/person/", log.PersonPicker.as_view(), name="pick_person"),
    path("log/", log.AuditLog.as_view(), name="audit"),
    path("keys/", keys.KeyList.as_view(), name="keys"),
    path("keys/new/", keys.KeyIssue.as_view(), name="key_issue"),
    path("keys/<int:pk>/rotate/", keys.KeyRotate.as_view(), name="key_rotate"),
    path("keys/<int:pk>/revoke/", keys.KeyRevoke.as_view(), name="key_revoke"),
    path("bureaus/", organisations.BureauList.as_view(), name="bureaus"),
    path("bureaus/new/", organisations.BureauCreate.as_view(), name="bureau_create"),
    path("bureaus/<int:pk>/", organisations.BureauRecord.as_view(), name="bureau"),
    path("bureaus/<int:pk>/edit/", organisations.BureauEdit.as_view(), name="bureau_edit"),
    path("bureaus/<int:pk>/stations/new/", organisations.StationCreate.as_view(), name="station_create"),
    path("stations/<int:pk>/edit/", organisations.StationEdit.as_view(), name="station_edit"),
    path(
        "bureaus/<int:pk>/departments/new/",
        organisations.DepartmentCreate.as_view(),
        name="department_create",
    ),
    path("departments/<int:pk>/edit/", organisations.DepartmentEdit.as_view(), name="department_edit"),
    path("act-as/", own.ActAs.as_view(), name="act_as"),
    path("forgot/", own.ForgotPassword.as_view(), name="forgot_password"),
    path("colleagues/", colleagues.Colleagues.as_view(), name="colleagues"),
    path("colleagues/new/", colleagues.ColleagueInvite.as_view(), name="colleague_invite"),
    path("colleagues/<int:pk>/link/", colleagues.ColleagueRenew.as_view(), name="colleague_renew"),
    path("colleagues/<int:pk>/remove/", colleagues.ColleagueRemove.as_view(), name="colleague_remove"),
    path("inbox/", inbox.Inbox.as_view(), name="inbox"),
    path("inbox/read/", inbox.InboxRead.as_view(), name="inbox_read"),
    path("inbox/<int:pk>/", inbox.InboxOpen.as_view(), name="inbox_open"),
    path("downloads/<int:pk>/", downloads.Download.as_view(), name="download"),
    path("downloads/<int:pk>/progress/", downloads.DownloadProgress.as_view(), name="download_progress"),
    path("downloads/<int:pk>/file/", downloads.DownloadFile.as_view(), name="download_file"),
    path("me/", own.Profile.as_view(), name="profile"),
    path("me/sessions/", own.Sessions.as_view(), name="sessions"),
    re_path(r"^invitation/(?P<token>[0-9a-f]{1,64})/$", own.AcceptInvitation.as_view(), name="invitation"),
]
