print("dcosd")
