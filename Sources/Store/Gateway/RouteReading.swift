/// What one trace adds to a ``RouteTable``: numbers alone, made once and added up as often as needed.
struct RouteReading: Sendable {
  /// Requests of one row of the matrix.
  struct RouteShare: Sendable {
    var row: Int32
    var hasFallenBack: Bool
    /// Nil where the decision was not timed.
    var decision: Nanoseconds?
    var costUSD: Double?
  }

  /// Runs of one filter.
  struct StepShare: Sendable {
    var row: Int32
    /// Where in the chain of its trace it stands, from 0.
    var place: Int32
    var allowed: Int32 = 0
    var modified: Int32 = 0
    var denied: Int32 = 0
    var errors: Int32 = 0
    var kinds: StepKinds = []
    /// All runs together; nil where nothing says.
    var took: Nanoseconds?
  }

  struct DenialShare: Sendable {
    var row: Int32
    var time: UnixNanos
    /// What was asked for: a tool, a prompt, a model.
    var subject: String?
  }

  struct SwitchShare: Sendable {
    var row: Int32
    /// The session's hash; told apart well enough to be counted.
    var session: Int?
    var costUSD: Double?
    var overheadPercent: Double?
    var sessionCostUSD: Double?
  }

  /// The trace as it was when it was read: a newer one has more spans or was touched later.
  var spans: UInt32
  var touched: UInt64
  var duration: Nanoseconds
  var hasFailed: Bool
  var routes: [RouteShare] = []
  var steps: [StepShare] = []
  var denials: [DenialShare] = []
  var switches: [SwitchShare] = []

  init(of record: TraceRecord) {
    spans = record.spans
    touched = record.touched
    duration = UnixNanos(record.end).since(UnixNanos(record.start == .max ? 0 : record.start))
    hasFailed = record.hasFailed
  }

  /// Whether the trace is still as it was.
  func isCurrent(_ record: TraceRecord) -> Bool {
    spans == record.spans && touched == record.touched
  }

  /// Whether the request is one that a cell counts.
  func isCounted(by part: RouteTable.Part, ofRow row: Int32, _ kind: RouteTable.Row) -> Bool {
    switch kind {
    case .route:
      guard let share = routes.first(where: { $0.row == row }) else { return false }
      switch part {
      case .fallbacks: return share.hasFallenBack
      case .failed, .errors: return hasFailed
      default: return true
      }
    case .step:
      guard let share = steps.first(where: { $0.row == row }) else { return false }
      switch part {
      case .allowed: return share.allowed > 0
      case .modified: return share.modified > 0
      case .denied: return share.denied > 0
      case .errors, .failed: return share.errors > 0
      default: return true
      }
    case .denial: return denials.contains { $0.row == row }
    case .change: return switches.contains { $0.row == row }
    }
  }
}
