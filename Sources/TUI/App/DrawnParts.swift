import Store

/// Parts of the trace list as they were drawn last, to be put again while what they show stays the same.
///
/// Only a shortcut: a frame drawn with it is the one that is drawn without. It belongs to whoever draws
/// frames one after the other.
struct DrawnParts {
  /// One part: its cells, and what they were drawn from.
  struct Part<Source: Equatable> {
    private var source: Source?
    private var area = Rect(row: 0, column: 0, rows: 0, columns: 0)
    private var cells: [Cell] = []

    /// Draws the part unless it is there already; `draw` keeps within the area, on blanks.
    mutating func draw(
      _ source: Source, in area: Rect, of frame: inout Frame, _ draw: (inout Frame) -> Void
    ) {
      if self.source == source, self.area == area { return frame.put(cells, in: area) }
      draw(&frame)
      (self.source, self.area, cells) = (source, area, frame.cells(in: area))
    }
  }

  struct PreviewSource: Equatable {
    var row: ListRow
    var told: ToldTrace?
    /// Marks in the tree say which spans have log records.
    var logs: UInt64
    var zone: ClockZone
    var isASCII: Bool
    var joinsTraces: Bool

    init(_ context: ViewContext, _ row: ListRow) {
      self.row = row
      told = context.stories.story(of: row.summary.number)
      logs = context.snapshot.statistics.logsReceived
      zone = context.zone
      isASCII = context.glyphs.isASCII
      joinsTraces = context.joinsTraces
    }
  }

  struct FacetSource: Equatable {
    var pane: FacetPaneState
    var flow: FacetFlow
    var isBelow: Bool
    var isScaled: Bool
    var isASCII: Bool
  }

  struct PanelSource: Equatable {
    var traffic: Traffic
    var unit: CountUnit
    var end: String
    var isASCII: Bool
  }

  struct StatusSource: Equatable {
    var traffic: Traffic
    var statistics: StoreStatistics
    var source: SourceStatus
    var unit: CountUnit
    var isOnHold: Bool
    var isEmpty: Bool
    var clock: String
    var isASCII: Bool
  }

  /// What all rows are drawn from, besides their own.
  struct RowSource: Equatable {
    var placed: [ColumnLayout.Placed]
    var fullBar: Nanoseconds
    var zone: ClockZone
    var isASCII: Bool
  }

  struct HeaderSource: Equatable {
    var placed: [ColumnLayout.Placed]
    var order: TraceOrder
    var focus: ListColumn
    var isASCII: Bool
  }

  struct RuleSource: Equatable {
    var previewed: ListRow?
    var newCount: Int
    /// The column after the preview.
    var end: Int
    var hasPane: Bool
    var isASCII: Bool
  }

  struct HintSource: Hashable {
    var screen: ScreenKind
    var facts: HintLine.Facts
    var columns: Int
  }

  var status = Part<StatusSource>()
  var preview = Part<PreviewSource>()
  var facets = Part<FacetSource>()
  var panel = Part<PanelSource>()
  var header = Part<HeaderSource>()
  var rule = Part<RuleSource>()

  // MARK: - Hints

  private var hints: [HintSource: [Cell]] = [:]
  /// Some that come and go with the selection, on some screens.
  private static let maximumHints = 16

  /// Draws the line of hints unless it is there already.
  mutating func drawHints(
    _ source: HintSource, in area: Rect, of frame: inout Frame, _ draw: (inout Frame) -> Void
  ) {
    if let cells = hints[source] { return frame.put(cells, in: area) }
    draw(&frame)
    if hints.count >= Self.maximumHints { hints.removeAll() }
    hints[source] = frame.cells(in: area)
  }

  // MARK: - Rows

  private var rowSource: RowSource?
  private var rows: [TraceNumber: (row: ListRow, cells: [Cell])] = [:]
  /// Some screens of rows.
  private static let maximumRows = 512

  /// Draws a row of the list unless it is there already; `draw` keeps within the area, on blanks.
  mutating func drawRow(
    _ row: ListRow, _ source: RowSource, in area: Rect, of frame: inout Frame,
    _ draw: (inout Frame) -> Void
  ) {
    let trace = row.summary.number
    if rowSource != source || rows.count >= Self.maximumRows {
      rowSource = source
      rows.removeAll(keepingCapacity: true)
    }
    if let drawn = rows[trace], drawn.row == row { return frame.put(drawn.cells, in: area) }
    draw(&frame)
    rows[trace] = (row, frame.cells(in: area))
  }

  // MARK: - Columns

  private struct LayoutSource: Equatable {
    var columns: ColumnLayout
    var order: TraceOrder
    var width: Int
    var start: Int
  }

  private var layoutSource: LayoutSource?
  private var placed: [ColumnLayout.Placed] = []

  /// ``TraceListState/placed(width:from:)``, shared out again only when something changed.
  mutating func placed(_ list: TraceListState, width: Int, from start: Int)
    -> [ColumnLayout.Placed]
  {
    let source = LayoutSource(columns: list.columns, order: list.order, width: width, start: start)
    if source != layoutSource {
      layoutSource = source
      placed = list.placed(width: width, from: start)
    }
    return placed
  }
}
