"""Addresses of people, organisations, the own account and the audit log."""

from django.urls import path, re_path

from foundation.people.views import keys, log, organisations, own, people

app_name = "accounts"

urlpatterns = [
    path("", people.users, name="users"),
    path("new/", people.user_create, name="user_create"),
    path("role-fields/", people.role_fields, name="role_fields"),
    path("enterprise-options/", people.enterprise_options, name="enterprise_options"),
    path("<int:pk>/", people.user, name="user"),
    path("<int:pk>/edit/", people.user_edit, name="user_edit"),
    path("<int:pk>/roles/new/", people.role_grant, name="user_role_grant"),
    path("<int:pk>/roles/<int:grant_id>/revoke/", people.role_revoke, name="user_role_revoke"),
    path("<int:pk>/invite/", people.user_invite, name="user_invite"),
    path("<int:pk>/reset/", people.user_reset, name="user_reset"),
    path("<int:pk>/enable/", people.user_enable, name="user_enable"),
    re_path(r"^(?P<pk>\d+)/(?P<act>disable|remove-second-factor)/$", people.user_state, name="user_state"),
    path("log/", log.audit, name="audit"),
    path("keys/", keys.keys, name="keys"),
    path("keys/new/", keys.key_issue, name="key_issue"),
    path("keys/<int:pk>/rotate/", keys.key_rotate, name="key_rotate"),
    path("keys/<int:pk>/revoke/", keys.key_revoke, name="key_revoke"),
    path("bureaus/", organisations.bureaus, name="bureaus"),
    path("bureaus/new/", organisations.bureau_create, name="bureau_create"),
    path("bureaus/<int:pk>/", organisations.bureau, name="bureau"),
    path("bureaus/<int:pk>/edit/", organisations.bureau_edit, name="bureau_edit"),
    path("bureaus/<int:pk>/stations/new/", organisations.station_create, name="station_create"),
    path("stations/<int:pk>/edit/", organisations.station_edit, name="station_edit"),
    path("bureaus/<int:pk>/departments/new/", organisations.department_create, name="department_create"),
    path("departments/<int:pk>/edit/", organisations.department_edit, name="department_edit"),
    path("act-as/", own.act_as, name="act_as"),
    path("me/", own.profile, name="profile"),
    re_path(r"^invitation/(?P<token>[0-9a-f]{1,64})/$", own.invitation, name="invitation"),
]
