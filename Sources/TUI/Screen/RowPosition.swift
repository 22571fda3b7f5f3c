/// Which rows of a list that is longer than its place are on the screen: `1-12/45`.
struct RowPosition: Equatable {
  let first: Int
  let height: Int
  let count: Int

  /// Empty where all rows are on the screen.
  var text: String {
    guard count > height else { return "" }
    return height <= 0 ? "\(count)" : "\(first + 1)-\(min(count, first + height))/\(count)"
  }
}
