extension GRPCResponseMachine.Head {
  /// What an answer means that is not gRPC's: somebody on the way, such as a proxy, gave it.
  ///
  /// Source: gRPC's "HTTP to gRPC Status Code Mapping".
  func status(ofHTTP status: String) -> GRPCStatus {
    let code: GRPCStatus.Code =
      switch status {
      case "400": .internal
      case "401": .unauthenticated
      case "403": .permissionDenied
      case "404": .unimplemented
      case "429", "502", "503", "504": .unavailable
      default: .unknown
      }
    // Seconds; the other form, a date, needs clocks that agree.
    let seconds = retryAfter.flatMap { Int($0) }.map { min(max($0, 0), 1 << 20) }
    return GRPCStatus(
      code, grpcMessage ?? "the server answered HTTP \(status)",
      retryDelayMilliseconds: code == .unavailable ? seconds.map { $0 * 1_000 } : nil)
  }
}
