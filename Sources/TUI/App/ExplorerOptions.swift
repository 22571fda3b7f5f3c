/// What the command line says about the explorer.
public struct ExplorerOptions: Equatable, Sendable {
  /// How many colours to use.
  public enum ColorMode: String, Equatable, Sendable, CaseIterable {
    /// As many as the terminal says it has; none under NO_COLOR.
    case automatic
    case monochrome
    case sixteen
    case many
  }

  /// Filters of `--where`; a trace has to pass all of them.
  public var filters: [String] = []
  public var theme = "default"
  public var colorMode = ColorMode.automatic
  /// Plain ASCII only, for terminals and fonts that have nothing else.
  public var isASCII = false
  public var isMouseOn = true
  /// Seconds east of UTC for every time of day; nil for the machine's own time zone.
  public var timeZoneOffsetSeconds: Int?

  public init() {}
}
