"""What is made: one folder a stage, in the order in which data flows from catalogs to exports."""
