/// What the loop needs of a terminal: keys in, frames out. One thread owns it.
protocol Terminal: ~Copyable {
  var size: Size { get }
  /// Whether it can show ASCII only.
  var isASCII: Bool { get }
  /// What becomes readable when a key is pressed.
  var inputDescriptor: Int32 { get }
  /// Whether there is nobody left to show anything to.
  var isGone: Bool { get }

  /// Adds all keys that are there; waits for none, but for the rest of an escape sequence.
  mutating func readKeys(into keys: inout [Key])
  /// What signals asked for since the last call.
  mutating func takeRequests() -> TerminalRequests

  /// Shows a frame, sending only what differs from the last one, and hands back another one to draw on.
  mutating func present(_ frame: inout Frame)
  /// Forgets what the terminal shows, so that the next frame is sent whole.
  mutating func forget()
  mutating func setMouse(_ isOn: Bool)
  /// Puts text on the clipboard, where the terminal lets programs do that.
  mutating func copy(_ text: String)
  /// Gives the terminal to the shell and comes back when the person does.
  mutating func suspend()
  /// Takes the terminal back after something else had it.
  mutating func resume()
}
