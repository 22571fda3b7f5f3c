/// What ncurses read, before escape sequences of our own are put together.
enum RawInput: Equatable, Sendable {
  /// A character, by its scalar.
  case character(UInt32)
  /// A key that the terminal's description names.
  case key(Key)
  /// The beginning of a mouse report in the SGR form, `ESC [ <`.
  case mouseReport
  /// The beginning of a mouse report in the old form, `ESC [ M`.
  case oldMouseReport
  case pasteBegin
  case pasteEnd
}
