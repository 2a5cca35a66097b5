// Lets the counts be pressed to show only cases of these verdicts, the cases be searched, and shell lines be copied.
"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const buttons = all("button[data-filter]");
  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  const rows = all("[data-case]");
  const texts = rows.map((row) => row.textContent.toLowerCase());

  const filter = () => {
    const pressed = buttons.filter((button) => button.getAttribute("aria-pressed") === "true");
    const verdicts = pressed.map((button) => button.dataset.filter);
    const words = search.value.trim().toLowerCase();
    const fitting = new Set();
    rows.forEach((row, place) => {
      const fits = (!verdicts.length || verdicts.includes(row.dataset.verdict)) && texts[place].includes(words);
      row.hidden = !fits;
      if (fits) fitting.add(row.dataset.case);
    });
    for (const story of all("[data-of]")) story.hidden = !fitting.has(story.dataset.of);
    for (const group of all("[data-group]")) {
      group.hidden = !all("[data-case], [data-of]", group).some((element) => !element.hidden);
    }
    // What is not to be seen is not led to either.
    for (const link of all("nav a")) link.parentElement.hidden = document.querySelector(link.hash)?.hidden;
    const some = fitting.size < rows.length;
    shown.textContent = some ? `${fitting.size} of ${rows.length} cases shown` : "";
  };

  for (const button of buttons) {
    button.disabled = button.dataset.count === "0";
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
      filter();
    });
  }
  search.addEventListener("input", filter);
  search.closest("[hidden]").hidden = false;

  // A link to what is folded away unfolds it.
  const unfold = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const details = target?.closest("details");
    if (details && !details.open) {
      details.open = true;
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", unfold);
  unfold();

  for (const line of all(".shell")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      const code = line.querySelector("code");
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = "Copied";
      } catch {
        // Where the clipboard is not to be had, the line is marked, to be copied by hand.
        getSelection().selectAllChildren(code);
        button.textContent = "Press Ctrl+C";
      }
      setTimeout(() => (button.textContent = "Copy"), 2000);
    });
    line.querySelector("figcaption").append(button);
  }
})();
