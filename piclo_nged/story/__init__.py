"""The whole story, played: what `demo` shows. NGED's side over HTTP, the sellers' through the operations of their pages."""
