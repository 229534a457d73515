// What the newsroom adds to the rich text editor: pictures from the media library, a table without
// questions, Vietnamese names, and what a screen reader needs. Loaded as an extension of
// django-prose-editor (DJANGO_PROSE_EDITOR_EXTENSIONS).
import { Extension, gettext } from "django-prose-editor/editor"

// The package translates its dialogs, but not these names of its buttons.
const TITLES = {
  "heading 2": gettext("Heading"),
  "heading 3": gettext("Subheading"),
  "heading 4": gettext("Small heading"),
  bold: gettext("Bold"),
  italic: gettext("Italic"),
  underline: gettext("Underline"),
  strike: gettext("Strikethrough"),
  subscript: gettext("Subscript"),
  superscript: gettext("Superscript"),
  "unordered list": gettext("Bulleted list"),
  "ordered list": gettext("Numbered list"),
  blockquote: gettext("Quotation"),
  "horizontal rule": gettext("Dividing line"),
  "insert link": gettext("Insert link"),
  "remove link": gettext("Remove link"),
  "Add column": gettext("Add a column to the right"),
  "Delete column": gettext("Delete the column"),
  "Add row": gettext("Add a row below"),
  "Delete row": gettext("Delete the row"),
  "Merge cells": gettext("Merge cells"),
  "Split cell": gettext("Split the cell"),
  "Toggle header cell": gettext("Header cell on or off"),
  "Delete table": gettext("Delete the table"),
  undo: gettext("Undo"),
  redo: gettext("Redo"),
}

const insertPicture = (editor, picture) => {
  const content = [{ type: "image", attrs: { src: picture.url, alt: picture.alt } }]
  const caption = picture.caption.trim()
  if (caption) {
    content.push({ type: "caption", content: [{ type: "text", text: caption }] })
  }
  editor.chain().focus().insertContent({ type: "figure", content }).run()
}

export const Newsroom = Extension.create({
  name: "newsroom",
  // The last of all, so that what is defined here replaces what the package defined.
  priority: 1,

  addOptions() {
    return { pickerUrl: "" }
  },

  onBeforeCreate() {
    // The policy forbids written-in styles; editor.css has them.
    this.editor.options.injectCSS = false
  },

  addMenuItems({ menu, buttons }) {
    const { pickerUrl } = this.options
    menu.defineItem({
      name: "figure",
      groups: "nodes",
      button: buttons.material("image", gettext("Picture")),
      active: (editor) => editor.isActive("figure") || editor.isActive("image"),
      enabled: (editor) => editor.can().insertFigure(),
      command(editor) {
        if (editor.isActive("figure") || editor.isActive("image")) {
          editor.commands.editImage()
          return
        }
        const done = (picture) => {
          if (picture) insertPicture(editor, picture)
          else editor.commands.focus()
        }
        document.dispatchEvent(new CustomEvent("picture:choose", { detail: { url: pickerUrl, done } }))
      },
    })
    // Code stays in texts that have it; a ward's newsroom has no use for the button.
    menu.defineItem({
      name: "code",
      groups: "unused",
      button: buttons.material("code", ""),
      command() {},
    })
    menu.defineItem({
      name: "table",
      groups: "table",
      button: buttons.material("grid_on", gettext("Insert a table")),
      hidden: (editor) => editor.isActive("table"),
      command(editor) {
        editor.chain().focus().insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run()
      },
    })
  },

  onCreate() {
    const { editor } = this
    const box = editor.view.dom
    const wrapper = box.closest(".prose-editor")
    const textarea = wrapper.querySelector("textarea")
    const label = document.querySelector(`label[for="${textarea.id}"]`)

    box.setAttribute("role", "textbox")
    box.setAttribute("aria-multiline", "true")
    if (label) {
      label.id ||= `${textarea.id}_label`
      box.setAttribute("aria-labelledby", label.id)
      label.addEventListener("click", () => editor.commands.focus())
    } else {
      box.setAttribute("aria-label", gettext("Text"))
    }
    const described = textarea.getAttribute("aria-describedby")
    if (described) box.setAttribute("aria-describedby", described)

    const bar = wrapper.querySelector(".prose-menubar")
    bar.setAttribute("role", "toolbar")
    bar.setAttribute("aria-label", gettext("Formatting"))
    for (const button of bar.querySelectorAll("button")) {
      const title = TITLES[button.title]
      if (title) {
        button.title = title
        button.setAttribute("aria-label", title)
      }
    }
    const tell = () => {
      for (const button of bar.querySelectorAll("button")) {
        button.setAttribute("aria-pressed", button.classList.contains("active"))
        button.setAttribute("aria-disabled", button.classList.contains("disabled"))
      }
    }
    editor.on("transaction", tell)
    tell()
  },
})
