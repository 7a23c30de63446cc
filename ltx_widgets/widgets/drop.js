/**
 * What is dropped or pasted on a media field: a file, a picture out of a page, an address, a path,
 * or a file of JupyterLab's own list.
 *
 * A field is the `.ltx-media` around the picker; a picker that stands alone is its own field.
 */

const CONTENTS = "application/x-jupyter-icontents"; // a path in JupyterLab's file list
const OWN = /^(data|blob):/i;
const SHOWN = { image: "img", audio: "audio, video, source", video: "video, source" };

/**
 * @typedef {{ file?: File, text?: string, path?: string, trouble?: string }} Gift
 * @param {string} kind of what is wanted
 * @param {DataTransfer} data is empty as soon as its event is over
 * @returns {Promise<Gift>}
 */
async function unpack(kind, data) {
  if ([...data.items].some((item) => item.webkitGetAsEntry?.()?.isDirectory)) {
    return { trouble: "That is a folder. Give one file of it." };
  }
  if (data.files.length > 1) {
    return { trouble: `${data.files.length} files came, and one is taken here. Give one of them.` };
  }
  if (data.files.length) {
    return { file: data.files[0] };
  }
  const text = shownIn(data.getData("text/html"), kind) || plainOf(data);
  if (!text) {
    return { trouble: "There is no file and no address in that." };
  }
  if (!OWN.test(text) && !text.startsWith(`${location.origin}/`)) {
    return { text };
  }
  // The kernel cannot fetch what only this page has, and an address of Jupyter's may hold its token.
  try {
    const reply = await fetch(text);
    const content = await reply.blob();
    const name = OWN.test(text) ? kind : new URL(text).pathname.split("/").pop();
    return reply.ok ? { file: new File([content], name || kind) } : { trouble: "It is gone." };
  } catch {
    return { trouble: "The browser does not give it away. Save it, and drop the file." };
  }
}

/** The address of what is shown in a piece of a page; an inert document loads nothing. */
function shownIn(html, kind) {
  const page = html && new DOMParser().parseFromString(html, "text/html");
  return (page && page.querySelector(SHOWN[kind])?.src) || "";
}

/** @param {DataTransfer} data */
function plainOf(data) {
  const lines = data.getData("text/uri-list").split(/\r?\n/);
  return (lines.find((line) => line && !line.startsWith("#")) ?? data.getData("text/plain")).trim();
}

/** Whether a text input does best itself with what comes. @param {DataTransfer} data */
function isTyping(event, data) {
  if (!event.target.matches?.("input[type=text], input:not([type])")) {
    return false;
  }
  const text = data.getData("text/plain").trim();
  // Copied files bring their names along, and cells of a spreadsheet a picture of themselves.
  const named = [...data.files].some((file) => text.includes(file.name));
  const files = data.types.includes("Files") && (!text || named || event.type !== "paste");
  return !files && !OWN.test(text);
}

/**
 * Watch a picker's field.
 * @param {HTMLElement} el of the picker
 * @param {string} kind
 * @param {(gift: Gift) => void} take
 * @returns {() => void} ends it
 */
function watch(el, kind, take) {
  const field = () => el.closest(".ltx-media") ?? el;
  const mark = (/** @type {boolean} */ over) => el.classList.toggle("ltx-over", over);
  const ours = (/** @type {Event} */ event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  const paths = (event) => event.mimeData?.getData?.(CONTENTS);
  const heard = {
    dragover(event) {
      if (!isTyping(event, event.dataTransfer)) {
        ours(event);
        event.dataTransfer.dropEffect = "copy";
        mark(true);
      }
    },
    dragleave(event) {
      mark(field().contains(event.relatedTarget));
    },
    drop(event) {
      mark(false);
      if (!isTyping(event, event.dataTransfer)) {
        ours(event);
        unpack(kind, event.dataTransfer).then(take);
      }
    },
    paste(event) {
      if (!isTyping(event, event.clipboardData)) {
        ours(event);
        unpack(kind, event.clipboardData).then(take);
      }
    },
    // JupyterLab drags by events of its own.
    "lm-dragenter"(event) {
      if (paths(event)) {
        ours(event);
        mark(true);
      }
    },
    "lm-dragover"(event) {
      if (paths(event)) {
        ours(event);
        event.dropAction = event.proposedAction;
      }
    },
    "lm-dragleave"(event) {
      heard.dragleave(event);
    },
    "lm-drop"(event) {
      const given = paths(event);
      mark(false);
      if (given) {
        ours(event);
        event.dropAction = event.proposedAction;
        const trouble = `${given.length} files came, and one is taken here. Drop one of them.`;
        take(given.length === 1 ? { path: given[0] } : { trouble });
      }
    },
  };
  // At the document: what lies around the picker is not there yet, and comes and goes.
  const hear = (/** @type {Event} */ event) => {
    if (event.target instanceof Node && field().contains(event.target)) {
      heard[event.type](event);
    }
  };
  Object.keys(heard).forEach((name) => document.addEventListener(name, hear, true));
  return () => {
    Object.keys(heard).forEach((name) => document.removeEventListener(name, hear, true));
  };
}
