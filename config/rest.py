"""How REST answers and how it is described. The same in every installation."""

from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["core.api.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["core.api.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_THROTTLE_CLASSES": ["core.api.KeyRate"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.api.problem_handler",
    "UNAUTHENTICATED_USER": None,
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "AI-РОП",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "ENUM_NAME_OVERRIDES": {
        "OrderStatus": "orders.statuses.Status",
        "TaskStatus": "orders.models.notes.TaskStatus",
        "AnswerKind": "orders.models.templates.AnswerKind",
        "FileKind": "orders.models.templates.Proof",
        "InspectionDecision": "orders.models.inspections.Decision",
        "InspectionVerdictCode": "orders.models.inspections.VerdictCode",
        "ContactOutcome": "orders.models.contacts.Outcome",
        "ClientSaid": "orders.models.deals.ClientSaid",
        "DeclineReason": "orders.models.deals.DeclineReason",
        "PayoutKind": "orders.models.deals.PayoutKind",
        "PayoutState": "orders.models.deals.PayoutState",
        "WayState": "orders.models.shipments.WayState",
        "BlockerKind": "orders.models.blockers.BlockerKind",
        "ClaimKind": "orders.models.shipments.ClaimKind",
        "ClaimOutcome": "orders.models.shipments.ClaimOutcome",
        "ApprovalState": "orders.models.approvals.ApprovalState",
        "OpinionVerdict": "orders.models.approvals.OpinionVerdict",
        "CancelReason": "orders.statuses.CancelReason",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
}
