"""Templates and their two languages, made ready once, when the server starts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import BaseLoader, Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.ext import Extension
from jinja2.runtime import Macro
from markupsafe import Markup, escape

from web.settings import Language

FOLDER = Path(__file__).parent
TEMPLATES = FOLDER / "templates"
STATIC = FOLDER / "static"
TRANSLATIONS = FOLDER / "translations"
ICONS = STATIC / "vendor" / "tabler-icons"


@dataclass(frozen=True, slots=True)
class Templates:
    """One environment a language.

    Always at hand in a template: `static('house.css')`, an address that changes with the file;
    `icon('inbox')`; `text|badge(tone, icon)`; the macros of `macros.html`, and those of
    `row-macros.html`, which write the same row once.
    """

    environments: Mapping[Language, Environment]

    def render(self, language: Language, template: str, **values: object) -> str:
        """One template, whole. Raises jinja2.UndefinedError for a value that is not there."""
        return self.environments[language].get_template(template).render(**values)


@cache
def load_templates() -> Templates:
    """Read the translations and make both environments; templates are compiled as they are met.

    Once a process: neither changes while it runs.
    """
    addresses: dict[str, str] = {}
    icons: dict[str, Markup] = {}
    loader = FileSystemLoader(TEMPLATES)
    return Templates(
        {
            "zh_CN": _environment(loader, NullTranslations(), addresses, icons),
            "en": _environment(loader, translations("en"), addresses, icons),
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
    loader: BaseLoader,
    words: NullTranslations,
    addresses: dict[str, str],
    icons: dict[str, Markup],
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
    environment.code_generator_class = Collecting
    environment.extend(sign=_SIGNS.search, escaped=escape, plain={"icon", "static"})
    environment.policies["ext.i18n.trimmed"] = True
    environment.filters["badge"] = lru_cache(maxsize=1024)(
        lambda text, tone, icon: _badge(text, tone, _icon(icon, icons))
    )
    environment.globals["static"] = lambda name: _address(name, addresses)
    environment.globals["icon"] = lambda name: _icon(name, icons)
    # The extension adds this method to the environment, and its types do not say so.
    environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    environment.extend(
        settled={
            "_": words.gettext,
            "icon": environment.globals["icon"],
            "static": environment.globals["static"],
        }
    )
    environment.add_extension(Settled)
    macros = environment.get_template("macros.html").module
    environment.globals.update(
        {name: macro for name, macro in vars(macros).items() if isinstance(macro, Macro)}
    )
    rows = environment.get_template("row-macros.html").module
    remembered = {
        name: _remembered(macro) for name, macro in vars(rows).items() if isinstance(macro, Macro)
    }
    environment.globals.update(remembered)
    environment.plain.update(remembered)  # type: ignore[attr-defined]  # as extended above
    return environment


def _remembered(macro: Macro) -> Callable[..., str]:
    """A macro whose arguments say all that it writes, and can be compared."""

    @lru_cache(maxsize=2048)
    def written(*given: object) -> str:
        return macro(*given)

    return written


class Collecting(CodeGenerator):
    """Makes templates that hand on each block as one text.

    Jinja hands on every word as it comes, through each template around it: for pages that are
    answered whole, that is a third of the time they take.
    """

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        """Write the code of some nodes that stand together."""
        # What stands around the blocks of a template that extends another is not shown at all.
        if frame.buffer is not None or frame.require_output_check:
            super().blockvisit(nodes, frame)
            return
        self.buffer(frame)
        super().blockvisit(nodes, frame)
        self.writeline(f"yield concat({frame.buffer})")
        frame.buffer = None

    def _output_child_pre(
        self,
        node: nodes.Expr,  # noqa: ARG002 - as it is called
        frame: Frame,  # noqa: ARG002 - as it is called
        finalize: CodeGenerator._FinalizeInfo,
    ) -> None:
        """Write what goes before a place, whose value is then escaped."""
        self.write("(v_text if type(v_text := ")
        self.write("(" if finalize.src is None else finalize.src)

    def _output_child_post(
        self,
        node: nodes.Expr,  # noqa: ARG002 - as it is called
        frame: Frame,  # noqa: ARG002 - as it is called
        finalize: CodeGenerator._FinalizeInfo,  # noqa: ARG002 - as it is called
    ) -> None:
        """Write what goes behind it: most values are texts with nothing to escape in them, and to
        see that is a third of the work of escaping. Markup is escaped already.
        """
        self.write(")) is str and not environment.sign(v_text) or type(v_text) is Markup")
        self.write(" else environment.escaped(v_text))")

    def visit_Call(  # noqa: N802 - as Jinja calls it
        self,
        node: nodes.Call,
        frame: Frame,
        forward_caller: bool = False,
    ) -> None:
        """Write a call. What is at hand on every page takes no context, so nobody asks it."""
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        if name not in self.environment.plain or node.kwargs or forward_caller:  # type: ignore[attr-defined]
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for given in node.args:
            self.visit(given, frame)
            self.write(", ")
        self.write(")")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - as Jinja calls it
        """Write a look at a part of a value: as Jinja's own, for values that have the part."""
        self.write("(v_found if (v_found := getattr(v_value := ")
        self.visit(node.node, frame)
        self.write(f", {node.attr!r}, missing)) is not missing")
        self.write(f" else environment.getattr(v_value, {node.attr!r}))")


_SIGNS = re.compile(r"""[&<>"']""")


class Settled(Extension):
    """Writes what cannot change into the template when it is read: sentences, drawings, addresses.

    An environment speaks one language, so `{{ _("待办") }}` is the same text on every page, and
    a page would otherwise look fifty of them up. Only what stands alone between the braces, with
    one quoted text inside, is settled; everything else is worked out as ever. A part is written
    where it is included: Jinja would make a context of its own for it on every page.
    """

    _INCLUDED = re.compile(r"""(?:(?<=\n)[ \t]*)?\{% include "([^"]+)" %\}\n?""")
    _ALONE = re.compile(r"""\{\{ *(_|icon|static)\((?:"([^"{}%\\]*)"|'([^'{}%\\]*)')\) *\}\}""")

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        """The template with such places filled in; the sentences escaped, as they would be."""
        source = self._INCLUDED.sub(self._included, source)
        makers: Mapping[str, Callable[[str], str]] = self.environment.settled  # type: ignore[attr-defined]

        def settled(found: re.Match[str]) -> str:
            text = str(escape(makers[found[1]](found[2] or found[3] or "")))
            # Jinja would read such text as its own: it is left for later, which is only slower.
            return found[0] if "{" in text else text

        return self._ALONE.sub(settled, source)

    def _included(self, found: re.Match[str]) -> str:
        """The source of a part, with the parts in it. What it imports stays its own."""
        loader = self.environment.loader
        if loader is None:
            return found[0]
        source, _, _ = loader.get_source(self.environment, found[1])
        inner = self._INCLUDED.sub(self._included, source.removesuffix("\n"))
        return f"{{% with %}}\n{inner}{{% endwith %}}\n"


def _address(name: str, known: dict[str, str]) -> str:
    if name not in known:
        digest = sha256((STATIC / name).read_bytes()).hexdigest()[:12]
        known[name] = f"/static/{name}?v={digest}"
    return known[name]


def _badge(text: str, tone: str, drawing: Markup) -> Markup:
    """A word with its tone and drawing; lists show the same few again and again."""
    return Markup('<span class="badge tone-{}">{} {}</span>').format(tone, drawing, text)


_NOTHING_TO_SEE = re.compile(r'<path stroke="none"[^>]*/>|xmlns="[^"]*"|class="[^"]*"')


def _icon(name: str, known: dict[str, Markup]) -> Markup:
    """A drawing of our own static files, in the colour of the words beside it.

    The one place where text becomes markup unescaped: nothing that anybody typed comes here.
    """
    if name not in known:
        drawing = _NOTHING_TO_SEE.sub("", (ICONS / f"{name}.svg").read_text("utf-8"))
        drawn = re.sub(r"\s+", " ", drawing).replace("> <", "><").strip()
        known[name] = Markup(f'<span class="icon" aria-hidden="true">{drawn}</span>')  # noqa: S704
    return known[name]
