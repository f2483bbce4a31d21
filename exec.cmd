@rem The npm scripts say `exec node ...`, so that the shell npm starts makes way for Node and signals
@rem sent to npm (Ctrl+C, kill) arrive. Windows has neither that shell nor `exec`: this stands in.
@%*
