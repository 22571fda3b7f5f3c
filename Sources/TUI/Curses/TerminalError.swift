/// Why there is no screen; one line that says what to do.
public struct TerminalError: Error, Equatable, CustomStringConvertible {
  public var description: String

  init(_ description: String) { self.description = description }
}
