import Store

/// Takes requests of logs into the store: one decoder and one batch, used again for each. Made when the
/// first request comes, since most collectors never get one.
final class LogReceiver {
  private var decoder = LogRequestDecoder()
  private let logs: LogBatch
  private let intake: LogIntake
  private let statistics: CollectorStatistics?
  /// Whether the records of the request received last are not what its bytes say.
  private var isChanged = false
  /// The request received last as protobuf, where it came in JSON.
  private var transcoded: [UInt8]?

  init(store: Store, rules: RuleBook?, limits: BatchLimits, statistics: CollectorStatistics?) {
    self.statistics = statistics
    logs = LogBatch(limits: limits)
    intake = LogIntake(store: store, rules: rules)
  }

  func receive(_ body: UnsafeRawBufferPointer) -> ExportOutcome {
    transcoded = nil
    return unsafe decode(body)
  }

  /// JSON is written anew as protobuf first: logs are few beside spans, and one decoder is enough.
  func receive(json body: UnsafeRawBufferPointer) -> ExportOutcome {
    let bytes: [UInt8]
    do throws(JSONError) {
      bytes = try JSONTranscoder(scratch: JSONScratch()).request(
        unsafe WireBytes(body), as: .logsRequest)
    } catch {
      return error.reason == .tooLarge
        ? .tooLarge(error.description) : .malformed(error.description)
    }
    transcoded = bytes
    return unsafe bytes.withUnsafeBytes { unsafe decode($0) }
  }

  private func decode(_ body: UnsafeRawBufferPointer) -> ExportOutcome {
    do throws(WireError) {
      unsafe try decoder.decode(body, into: logs)
    } catch {
      return error.reason == .tooLarge
        ? .tooLarge(error.description) : .malformed(error.description)
    }
    let (taken, cuts, isRuled) = intake.take(logs, bodyBytes: body.count)
    isChanged = isRuled || !cuts.isEmpty
    guard !cuts.isEmpty else { return .accepted(count: taken) }
    statistics?.add(cuts)
    // Nothing rejected and a reason: how OTLP tells a sender of a warning.
    return .partial(
      accepted: taken, rejected: 0,
      reason: "\(cuts.attributesDropped) attributes left out, \(cuts.valuesCut) values cut")
  }

  /// The records as rules and limits have left them, or the request as protobuf; nil where the body says
  /// the same.
  func requestForViewers() -> [UInt8]? { isChanged ? logs.exportRequest() : transcoded }
}
