/// Why a text is no filter, and where.
public struct FilterError: Error, Equatable, CustomStringConvertible {
  /// Where the offending piece begins: 1-based, in characters as a reader counts them.
  public var column: Int
  /// How many characters it has; zero where something is missing.
  public var length: Int
  /// What was expected and what stood there, without the column.
  public var message: String

  public init(column: Int, length: Int, message: String) {
    self.column = column
    self.length = length
    self.message = message
  }

  /// `column 5: expected a duration such as 250ms, found "2"`
  public var description: String { "column \(column): \(message)" }
}
