print("dcos")
