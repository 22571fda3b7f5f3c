import Benchmark

/// Everything is registered before anything is made: inputs are made when a benchmark runs.
let benchmarks: @Sendable () -> Void = {
  registerDecoding()
  registerFiltering()
  registerSpanLevel()
  registerGrowth()
  registerDrawing()
}
