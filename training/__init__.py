"""How the built-in classifier was made: from a folder of pictures to one int8 `.tflite`.

Nothing here is shipped with Cortex or imported by it.
"""
