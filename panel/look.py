"""How the panel looks: Unfold's settings. Plain values and dotted paths, for the settings import this file."""

from typing import Any

PRIMARY = {
    "50": "oklch(97% .014 254.6)",
    "100": "oklch(93.2% .032 255.6)",
    "200": "oklch(88.2% .059 254.1)",
    "300": "oklch(80.9% .105 251.8)",
    "400": "oklch(70.7% .165 254.6)",
    "500": "oklch(62.3% .214 259.8)",
    "600": "oklch(54.6% .245 262.9)",
    "700": "oklch(48.8% .243 264.4)",
    "800": "oklch(42.4% .199 265.6)",
    "900": "oklch(37.9% .146 265.5)",
    "950": "oklch(28.2% .091 267.9)",
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "AI-РОП",
    "SITE_HEADER": "AI-РОП",
    "SITE_SYMBOL": "radar",
    "SITE_URL": None,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "panel.navigation.icon"}],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "LANGUAGES": {"action": "panel.navigation.language_action"},
    "STYLES": ["panel.navigation.stylesheet"],
    "SCRIPTS": ["panel.navigation.script"],
    "COLORS": {"primary": PRIMARY},
    "LOGIN": {"form": "panel.login.LoginForm"},
    "ACCOUNT": {"navigation": "panel.navigation.account"},
    "SIDEBAR": {"navigation": "panel.navigation.sidebar"},
}
