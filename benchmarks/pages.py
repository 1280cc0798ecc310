def measure(bureau, requests):
    return {}
