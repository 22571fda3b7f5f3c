import Store

extension StoreReceiver {
  public func receive(logs body: UnsafeRawBufferPointer) -> ExportOutcome {
    unsafe logReceiver.receive(body)
  }

  public func receive(jsonLogs body: UnsafeRawBufferPointer) -> ExportOutcome {
    unsafe logReceiver.receive(json: body)
  }

  public func logsForViewers() -> [UInt8]? { logReceiver.requestForViewers() }

  /// Takes an `ExportLogsServiceRequest` that came from another collector.
  @discardableResult
  public func receive(logs body: MessageBytes) -> ExportOutcome {
    unsafe body.withUnsafeBytes { bytes in unsafe receive(logs: bytes) }
  }
}
