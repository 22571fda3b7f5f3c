print("tracetop")
