"""What is said in which language: how far each translation is, and what follows when one is made."""
