/// Why a file cannot be read at all, in one line that names it.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
  public var message: String

  public init(_ message: String) { self.message = message }

  public var description: String { message }
}
