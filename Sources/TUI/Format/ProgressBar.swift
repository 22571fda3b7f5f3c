/// A bar that fills from the left, in eighths of a column.
public enum ProgressBar {
  private static let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

  /// As wide as `columns`; what is not full is filled up with `rest`.
  public static func text(
    _ share: Double, columns: Int, isASCII: Bool = false, rest: Character = "░"
  ) -> String {
    let share = min(1, max(0, share.isFinite ? share : 0))
    let eighths = Int(share * Double(columns * 8))
    let (full, part) = (eighths / 8, eighths % 8)
    if isASCII {
      return String(repeating: "#", count: full) + String(repeating: ".", count: columns - full)
    }
    let bar = String(repeating: "█", count: full) + Self.parts[part]
    return bar + String(repeating: rest, count: columns - full - (part > 0 ? 1 : 0))
  }
}
