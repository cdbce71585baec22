"""`cortex train`: a new model for the classifier from a folder of pictures. Light to import."""
