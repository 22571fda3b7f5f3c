/// The characters that the program draws of its own, in two sets: for any UTF-8 terminal, and for the rest.
///
/// Every one is a single column wide, so either set gives the same layout; in ASCII the ellipsis and the
/// arrow take two, so that no sign means two things.
public struct Glyphs: Equatable, Sendable {
  public let isASCII: Bool
  /// Blocks filled from the left: none, one eighth … eight eighths; nine of them.
  public let eighths: [String]
  /// Blocks filled from below, lowest to highest; eight of them.
  public let levels: [String]
  public let rightHalf: String
  /// A bar's cell where something went wrong, seen without colour.
  public let shade: String
  /// A bar's cell that is not over yet.
  public let unfinishedBar: String
  public let check: String
  public let modified: String
  public let denied: String
  public let failed: String
  public let warning: String
  public let late: String
  public let ellipsis: String
  public let horizontal: String
  public let vertical: String
  public let heavyHorizontal: String
  public let arrow: String
  public let up: String
  public let down: String
  public let lifted: String
  public let folded: String
  public let unfolded: String
  public let selection: String
  public let live: String
  public let held: String
  public let dot: String
  public let branch: String
  public let lastBranch: String
  public let pipe: String
  public let times: String
  /// Several traces that are one request.
  public let joined: String
  /// Log records.
  public let logs: String
  /// Towards something further left.
  public var back: String { isASCII ? "<-" : "←" }
  /// In place of a verdict that is still to come.
  public var pending: String { isASCII ? "." : "…" }
  /// Before a count that is an estimate.
  public var about: String { isASCII ? "~" : "≈" }

  /// For a UTF-8 terminal.
  public static let unicode = Glyphs(
    isASCII: false, eighths: ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
    levels: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"], rightHalf: "▐", shade: "▓",
    unfinishedBar: "·", check: "✓", modified: "✎", denied: "✗", failed: "✗", warning: "⚠",
    late: "⧖", ellipsis: "…", horizontal: "─", vertical: "│", heavyHorizontal: "━", arrow: "→",
    up: "↑", down: "↓", lifted: "↰", folded: "▸", unfolded: "▾", selection: "▌", live: "▶",
    held: "■", dot: "·", branch: "├", lastBranch: "└", pipe: "│", times: "×", joined: "⋈", logs: "≡"
  )

  /// For `--ascii` and for a locale that is not UTF-8.
  public static let ascii = Glyphs(
    isASCII: true, eighths: ["", "", "", "", "#", "#", "#", "#", "#"],
    levels: [".", ".", ":", "-", "=", "+", "*", "#"], rightHalf: "#", shade: "%",
    unfinishedBar: ".", check: "+", modified: "M", denied: "x", failed: "x", warning: "!",
    late: "@", ellipsis: "..", horizontal: "-", vertical: "|", heavyHorizontal: "=", arrow: "->",
    up: "^", down: "v", lifted: "^", folded: ">", unfolded: "v", selection: "#", live: "o",
    held: "=", dot: ".", branch: "|", lastBranch: "`", pipe: "|", times: "x", joined: "&", logs: "$"
  )

  public static func set(isASCII: Bool) -> Glyphs { isASCII ? .ascii : .unicode }

  // MARK: - Pictures

  /// A bar from the left, as long as the share says, to an eighth of a cell; at least a sliver where share > 0.
  ///
  /// Shares outside 0…1 are taken as their nearest; NaN as 0.
  public func bar(_ share: Double, columns: Int) -> String {
    let share = share > 0 && columns > 0 ? min(share, 1) : 0
    let filled = share == 0 ? 0 : max(1, Int((share * Double(columns * 8)).rounded()))
    let whole = String(repeating: eighths[8], count: filled / 8)
    let rest = filled == 0 || filled % 8 == 0 ? "" : eighths[filled % 8]
    return isASCII && whole.isEmpty && filled > 0 ? eighths[8] : whole + rest
  }

  /// One level for each value, against the largest; zero is drawn as the lowest level, all-zero as all lowest.
  public func sparkline(_ values: some Sequence<Double>) -> String {
    let values = Array(values)
    let largest = values.reduce(0) { max($0, $1.isFinite ? $1 : 0) }
    return values.map { value in
      guard largest > 0, value > 0, value.isFinite else { return levels[0] }
      return levels[min(7, Int((value / largest * 7).rounded(.up)))]
    }.joined()
  }
}
