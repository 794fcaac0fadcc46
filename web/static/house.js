// Makes the pages pleasant; every one of them works without it.
"use strict";

(() => {
  const live = () => document.getElementById("announcement");

  const say = (sentence, trouble, way) => {
    const region = live();
    if (!region || !sentence) return;
    region.classList.toggle("trouble", trouble);
    const line = document.createElement("p");
    line.textContent = sentence;
    if (way) line.append(" ", way);
    region.replaceChildren(line);
  };

  // A request that got no answer, or one that htmx does not show, must not pass in silence.
  for (const event of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(event, () => say(document.body.dataset.failed, true));
  }
  // An answer that takes no place in the page says itself why, and the page keeps what was typed.
  document.addEventListener("htmx:responseError", (event) => {
    const told = new DOMParser()
      .parseFromString(event.detail.xhr.responseText, "text/html")
      .querySelector("#problem, #signed-out");
    const words = [...(told?.querySelectorAll("h1, p:not(:last-child)") ?? [])].map((one) => one.textContent.trim());
    say(words.join(" · ") || document.body.dataset.failed, true, told?.querySelector("a[target]"));
    if (!event.detail.elt.matches(".autosave")) live()?.scrollIntoView({ block: "nearest" });
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    live()?.classList.remove("trouble");
    // What was said of the act before must not stand over the answer to this one.
    if (event.detail.target?.id === "case") live()?.replaceChildren();
  });

  // What is larger than the server takes would only be sent to be refused, unread.
  document.addEventListener(
    "submit",
    (event) => {
      const { limit, large } = document.body.dataset;
      const inputs = [...event.target.querySelectorAll("input[type=file]")];
      const size = inputs.flatMap((one) => [...one.files]).reduce((sum, file) => sum + file.size, 0);
      if (!limit || size <= Number(limit) * 1024 * 1024) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      say(large, true);
      live()?.scrollIntoView({ block: "nearest" });
    },
    true,
  );

  // The same click twice is one decision anyway; a button that looks pressed is kinder.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.again !== undefined) return;
    if (form.dataset.sent && Date.now() - Number(form.dataset.sent) < 3000) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = String(Date.now());
  });

  // What happened just now need not be typed: the button fills in the clock on the hospital's
  // wall, whatever zone this computer is set to. Swedish dates are ISO dates.
  const onTheWall = (timeZone) =>
    new Intl.DateTimeFormat("sv", { timeZone, dateStyle: "short", timeStyle: "short" })
      .format(new Date())
      .replace(" ", "T");
  document.documentElement.classList.add("scripted");
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-now]");
    const input = button && document.getElementById(button.dataset.now);
    if (!input) return;
    input.value = onTheWall(button.dataset.zone);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // The bell counts by itself while the page is looked at; a page behind others holds no stream.
  const bell = document.getElementById("bell");
  let stream = null;
  const showUnread = (event) => {
    const badge = bell.querySelector(".count");
    const count = Number(event.data);
    badge.hidden = count === 0;
    badge.textContent = count > 99 ? "99+" : String(count);
  };
  const watchUnread = () => {
    stream?.close();
    stream = null;
    if (document.hidden) return;
    stream = new EventSource(bell.dataset.stream);
    stream.addEventListener("message", showUnread);
    stream.addEventListener("ended", () => stream.close());
  };
  if (bell && window.EventSource) {
    document.addEventListener("visibilitychange", watchUnread);
    watchUnread();
  }

  const finderOf = (sentence) => {
    const finder = document.createElement("input");
    finder.type = "search";
    finder.className = "form-control finder";
    finder.placeholder = sentence;
    finder.setAttribute("aria-label", sentence);
    finder.autocomplete = "off";
    return finder;
  };
  // By what stands there or by the first letters of how it is read.
  const says = (one, wanted) => one.textContent.toLowerCase().includes(wanted) || (one.dataset.initials ?? "").includes(wanted);

  // A long list to choose from is searched by typing: name, department, post or initials.
  const makeSearchable = (place) => {
    const select = place.querySelector("select");
    if (!select || place.querySelector(".finder")) return;
    const all = [...select.children].map((one) => [one, [...one.children]]);
    const finder = finderOf(place.dataset.find);
    finder.addEventListener("input", () => {
      const wanted = finder.value.trim().toLowerCase();
      const left = all.filter(([one, options]) => {
        if (one.tagName !== "OPTGROUP") return !one.value || says(one, wanted);
        const whole = one.label.toLowerCase().includes(wanted);
        const found = options.filter((option) => whole || says(option, wanted));
        one.replaceChildren(...found);
        return found.length > 0;
      });
      select.replaceChildren(...left.map(([one]) => one));
      const found = [...select.options].filter((one) => one.value);
      if (wanted) select.value = found.length === 1 ? found[0].value : "";
    });
    finder.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    select.before(finder);
  };

  // A long page of names is narrowed by typing; Enter opens the first that is left.
  const makeNarrow = (place) => {
    const finder = finderOf(place.dataset.narrow);
    const nothing = document.createElement("p");
    nothing.className = "empty";
    nothing.textContent = place.dataset.nothing;
    nothing.hidden = true;
    const items = [...place.querySelectorAll("[data-initials]")];
    const left = () => items.filter((one) => !one.hidden);
    finder.addEventListener("input", () => {
      const wanted = finder.value.trim().toLowerCase();
      for (const one of items) one.hidden = !says(one, wanted);
      for (const group of place.querySelectorAll("section")) {
        group.hidden = !left().some((one) => group.contains(one));
      }
      nothing.hidden = left().length > 0;
    });
    finder.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && finder.value.trim()) left()[0]?.querySelector("a").click();
    });
    place.prepend(finder, nothing);
  };
  document.querySelectorAll("[data-narrow]").forEach(makeNarrow);

  const searchable = () => document.querySelectorAll("[data-find]").forEach(makeSearchable);
  document.addEventListener("htmx:afterSettle", searchable);
  searchable();

  // A page that comes back from the browser's own cache may be another person's by now.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });
})();
