"""Reading tables: a CSV or Parquet file becomes typed columns, and these become a dataset."""
