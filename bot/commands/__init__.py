"""What each command does; imported only when it is called, so that `linli --help` is quick."""
