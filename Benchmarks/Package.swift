// swift-tools-version: 6.2
import PackageDescription

/// The benchmarks are a package of their own, so that building the program never pays for them.
let package = Package(
  name: "TracetopBenchmarks",
  dependencies: [
    .package(name: "tracetop", path: "../"),
    // Without its allocation counters, which need libraries of their own.
    .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
  ],
  targets: [
    // The same generated code that the decoder's tests compare with: a link to Tests/Oracle.
    .target(
      name: "Baseline",
      dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")]),
    // Requests made up from a seed, shaped like the traffic of an LLM gateway.
    .target(
      name: "Corpus",
      dependencies: [.product(name: "TracetopRooms", package: "tracetop")],
      swiftSettings: [.treatAllWarnings(as: .error)]),
    // Questions to a store of a million spans or ten, all in one process: `Scripts/bench queries`.
    .executableTarget(
      name: "Questions",
      dependencies: ["Corpus", .product(name: "TracetopRooms", package: "tracetop")],
      swiftSettings: [.treatAllWarnings(as: .error)]),
    .executableTarget(
      name: "Rooms",
      dependencies: [
        "Baseline", "Corpus",
        .product(name: "Benchmark", package: "benchmark"),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
        .product(name: "TracetopRooms", package: "tracetop"),
      ],
      path: "Benchmarks/Rooms",
      swiftSettings: [.treatAllWarnings(as: .error)],
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
  ],
  swiftLanguageModes: [.v6]
)
