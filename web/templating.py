"""Templates and their two languages, made ready once at start: what is missing or misspelt fails there and then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from gettext import GNUTranslations, NullTranslations
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
)
from jinja2.runtime import Macro

from web.settings import Language

FOLDER = Path(__file__).parent
TEMPLATES = FOLDER / "templates"
STATIC = FOLDER / "static"
TRANSLATIONS = FOLDER / "translations"
ICONS = STATIC / "vendor" / "tabler-icons"


@dataclass(frozen=True, slots=True)
class Templates:
    """One environment a language; `{{ static('house.css') }}` names a file so that a new one is fetched at once."""

    environments: Mapping[Language, Environment]

    def render(self, language: Language, template: str, **values: object) -> str:
        """One template, whole. Raises jinja2.UndefinedError for a value that is not there."""
        return self.environments[language].get_template(template).render(**values)


def load_templates() -> Templates:
    """Read the translations and make both environments; templates are compiled as they are met."""
    addresses: dict[str, str] = {}
    loader = ChoiceLoader(
        [FileSystemLoader(TEMPLATES), PrefixLoader({"icons": FileSystemLoader(ICONS)})]
    )
    return Templates(
        {
            "zh_CN": _environment(loader, NullTranslations(), addresses),
            "en": _environment(loader, translations("en"), addresses),
        }
    )


def translations(language: str) -> GNUTranslations:
    """The catalogue of `translations/<language>.po`, compiled in memory."""
    with (TRANSLATIONS / f"{language}.po").open("rb") as file:
        catalog = read_po(file, locale=language, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _environment(
    loader: BaseLoader, words: NullTranslations, addresses: dict[str, str]
) -> Environment:
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.globals["static"] = lambda name: _address(name, addresses)
    # The extension adds this method to the environment, and its types do not say so.
    environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    macros = environment.get_template("macros.html").module
    environment.globals.update(
        {name: macro for name, macro in vars(macros).items() if isinstance(macro, Macro)}
    )
    return environment


def _address(name: str, known: dict[str, str]) -> str:
    if name not in known:
        digest = sha256((STATIC / name).read_bytes()).hexdigest()[:12]
        known[name] = f"/static/{name}?v={digest}"
    return known[name]
