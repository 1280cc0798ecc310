"""Check-in by QR code 扫码入企: who of the police is at which enterprise, since when and by which approval."""
