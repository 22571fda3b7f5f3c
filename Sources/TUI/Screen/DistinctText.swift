/// Text cut so that it can still be told from its neighbours.
enum DistinctText {
  /// The text, cut in its middle where it is too long: names begin alike as often as they end alike.
  ///
  /// Where others would be cut to the same, it is cut before the place where it differs from the one
  /// most like it.
  static func cut(_ text: String, to width: Int, among others: [String], mark: String) -> String {
    guard TextWidth.columns(of: text) > width else { return text }
    let cut = TextWidth.cutMiddle(text, to: width, mark: mark)
    let twins = others.filter {
      $0 != text && TextWidth.cutMiddle($0, to: width, mark: mark) == cut
    }
    guard let same = twins.map({ text.commonPrefix(with: $0).count }).max(), same > 0 else {
      return cut
    }
    // A little of what they share stays, so that the place is seen.
    return mark
      + TextWidth.cut(
        text.dropFirst(max(0, same - 2)), to: width - TextWidth.columns(of: mark), mark: mark)
  }
}

extension String {
  fileprivate func commonPrefix(with other: String) -> Substring {
    prefix(zip(self, other).prefix { $0 == $1 }.count)
  }
}
